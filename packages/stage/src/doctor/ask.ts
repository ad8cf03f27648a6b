/** A question that AWS did not answer, and the permission that it takes. */
export class Unanswered extends Error {
  readonly action: string;

  constructor(action: string, cause: unknown) {
    super(`${action}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.action = action;
  }
}

/**
 * The answer to a request; undefined where AWS says by one of the errors in `absent` that there is no such thing.
 *
 * @throws Unanswered
 */
export async function ask<Answer>(
  action: string,
  answer: Promise<Answer>,
  absent: readonly string[],
): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (absent.includes((error as Error).name)) return undefined;
    throw new Unanswered(action, error);
  }
}
