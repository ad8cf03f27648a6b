/** The code of errors that every further call would meet too: a refused key, a model that is not there. */
export const REFUSED = "provider-refused";
