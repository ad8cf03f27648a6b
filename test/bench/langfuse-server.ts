import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { LangfuseClient } from "@langfuse/client";
import type { PromptDefinition } from "@promptops/core/domain";

/** Answers as Langfuse's API does when it is asked for a prompt, and counts how often it is. */
export class LangfuseServer implements AsyncDisposable {
  readonly #server: Server;
  requests = 0;

  private constructor(prompts: readonly PromptDefinition[]) {
    const answers = new Map(prompts.map((prompt) => [prompt.id, answerOf(prompt)]));
    this.#server = createServer((request, response) => {
      this.requests += 1;
      const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
      const answer = answers.get(decodeURIComponent(pathname.slice(PATH.length)));
      response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(answer ?? "{}");
    });
  }

  static async start(prompts: readonly PromptDefinition[]): Promise<LangfuseServer> {
    const server = new LangfuseServer(prompts);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

const PATH = "/api/public/v2/prompts/";

function answerOf({ id, version, owner, model, template, tags }: PromptDefinition): string {
  return JSON.stringify({
    name: id,
    version,
    type: "text",
    prompt: template,
    labels: ["production", "latest"],
    tags,
    config: { owner, model },
    commitMessage: null,
    resolutionGraph: null,
  });
}

/** Langfuse's client of such a server. */
export function langfuseClient(baseUrl: string): LangfuseClient {
  return new LangfuseClient({ publicKey: "pk-lf-bench", secretKey: "sk-lf-bench", baseUrl });
}

/** Its prompts are kept for longer than a benchmark takes. */
export const LANGFUSE_TTL = { cacheTtlSeconds: 3_600 } as const;
