/** Whether an endpoint is on this machine, where credentials and regions mean nothing. */
export function isLoopback(endpoint: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(new URL(endpoint).hostname);
}

/** What stands in for them there. */
export const LOCAL_IDENTITY = {
  region: "local",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
} as const;
