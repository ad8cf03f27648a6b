import { formatRef, isPromptOpsError, type PromptDefinition } from "@promptops/core/domain";
import type { FindDefinition } from "../prompts/includes.ts";
import { history } from "./history.ts";

/** The versions that git history holds, read when the first is asked for. */
export class HistoryVersions {
  readonly #root: string;
  #read: Promise<ReadonlyMap<string, PromptDefinition>> | undefined;
  #shallow = false;

  constructor(root: string) {
    this.#root = root;
  }

  readonly find: FindDefinition = async (ref) => {
    this.#read ??= this.#readAll();
    return (await this.#read).get(ref);
  };

  /** Whether the clone was found to be shallow, so that older versions cannot be seen. */
  get shallow(): boolean {
    return this.#shallow;
  }

  async #readAll(): Promise<ReadonlyMap<string, PromptDefinition>> {
    try {
      const { versions, shallow } = await history(this.#root);
      this.#shallow = shallow;
      return new Map(versions.map(({ definition }) => [formatRef(definition), definition]));
    } catch (error) {
      if (isPromptOpsError(error) && error.code === "no-git") return new Map();
      throw error;
    }
  }
}
