/** Where Amazon Data Firehose documents what it takes. */
export const API = "https://docs.aws.amazon.com/firehose/latest/APIReference";
export const GUIDE = "https://docs.aws.amazon.com/firehose/latest/dev";
