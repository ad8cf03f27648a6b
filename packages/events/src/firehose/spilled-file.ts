/** Lines that are kept until Firehose takes them. */
export interface SpilledFile {
  readonly name: string;
  readonly lines: number;
  readonly inBucket: boolean;
  /** Its content; undefined when somebody else has taken it. */
  read(): Promise<Buffer | undefined>;
  remove(): Promise<void>;
}

/** Where spilled files go when the disk goes away with the container. */
export interface SpillBucket {
  put(name: string, content: Buffer): Promise<SpilledFile>;
  files(): Promise<SpilledFile[]>;
}
