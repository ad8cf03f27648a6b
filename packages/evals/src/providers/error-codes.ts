/** The code of errors that every further call would meet too: a refused key, a model that is not there. */
export const REFUSED = "provider-refused";

/** The code of errors that say that an answer was never recorded. */
export const MISSING_RECORDING = "missing-recording";
