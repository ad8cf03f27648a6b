export { handler as intentClassifier } from "./intent-classifier.ts";
