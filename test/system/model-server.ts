import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A server that answers as Anthropic's Messages API does (https://docs.anthropic.com/en/api/messages), with the first of
 * the labels that the system prompt offers and the user's message mentions, else `other`. So a prompt that offers fewer
 * labels does worse.
 *
 * @param before what to wait for before the n-th call is answered.
 */
export async function startModelServer(
  before: (call: number) => Promise<void> = async () => {},
): Promise<AsyncDisposable & { readonly url: string }> {
  let calls = 0;
  const server = createServer(async (request, response) => {
    calls += 1;
    await before(calls);
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString()) as {
      model: string;
      system: string | { text: string }[];
      messages: { content: string | { text: string }[] }[];
    };
    const [, labels = ""] = /Labels: (.*)/.exec(textOf(body.system)) ?? [];
    const message = textOf(body.messages[0]?.content ?? "");
    const text = labels.split(", ").find((label) => message.includes(label)) ?? "other";
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: body.model,
        content: [{ type: "text", text }],
        stop_reason: "end_turn",
        stop_sequence: null,
        usage: { input_tokens: 100, output_tokens: 2 },
      }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function textOf(content: string | readonly { readonly text: string }[]): string {
  return typeof content === "string" ? content : content.map(({ text }) => text).join("\n");
}
