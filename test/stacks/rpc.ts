import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Call {
  readonly method: string;
  readonly params: readonly [Readonly<Record<string, unknown>>];
}

/** What the `sst` command answers to the program that it runs. */
export async function startRpc(): Promise<AsyncDisposable & { readonly url: string }> {
  const server: Server = createServer(async (request, response) => {
    const call = JSON.parse(Buffer.concat(await request.toArray()).toString()) as Call;
    response.end(JSON.stringify(answer(call)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function answer({ method, params: [input] }: Call): { readonly result?: unknown; readonly error?: string } {
  switch (method) {
    case "Provider.Aws.Bootstrap":
      return {
        result: { asset: "sst-asset", assetEcrRegistryId: "1", assetEcrUrl: "ecr", state: "sst-state" },
      };
    case "Runtime.Build":
      // A function that brings its bundle is taken as it is.
      if (input.bundle === undefined) return { error: `${input.functionID} has no bundle of ours` };
      return { result: { handler: input.handler, out: input.bundle, errors: [], sourcemaps: [] } };
    default:
      return { error: `rpc: can't find ${method}` };
  }
}
