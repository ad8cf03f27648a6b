import type { Draft } from "@promptops/core/domain";
import { dynamoLedger } from "@promptops/core/dynamo";
import type { Ledger } from "@promptops/core/ledger";
import {
  appendDraft,
  appendUnknown,
  appendVersion,
  CloudWatchServer,
  describeEngines,
  pinTo,
  version,
} from "@promptops/testing";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { handler } from "./pins-on-dashboard.ts";

const ID = "support.classifier";
const DASHBOARD = "promptops-ada-calls";
const NOW = "2026-11-05T12:00:00.000Z";

const graph = (properties: object) => ({
  type: "metric",
  properties: { region: "eu-central-1", metrics: [["PromptOps", "Failed"]], ...properties },
});
/** As a deployment writes it. */
const DEPLOYED = JSON.stringify({ widgets: [graph({ view: "timeSeries" }), graph({ view: "singleValue" })] });

describeEngines((newTable) => {
  const cloudWatch = new CloudWatchServer();
  let ledger: Ledger;
  beforeEach(async () => {
    const address = await newTable();
    ledger = dynamoLedger(address);
    vi.stubEnv("PROMPTOPS_TABLE", address.table);
    vi.stubEnv("PROMPTOPS_ENDPOINT", address.endpoint);
    vi.stubEnv("PROMPTOPS_DASHBOARD", DASHBOARD);
    vi.stubEnv("AWS_ENDPOINT_URL_CLOUDWATCH", await cloudWatch.start());
    for (const name of ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
      vi.stubEnv(name, "local");
    cloudWatch.dashboards.clear();
    cloudWatch.dashboards.set(DASHBOARD, DEPLOYED);
    cloudWatch.writes.length = 0;
    cloudWatch.warnings = [];
    vi.useFakeTimers({ toFake: ["Date"], now: new Date(NOW) });
  });
  afterEach(async () => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await cloudWatch.stop();
  });

  const at = async (time: string, append: () => Promise<unknown>) => {
    vi.setSystemTime(new Date(time));
    await append();
    vi.setSystemTime(new Date(NOW));
  };
  const append = (time: string, draft: Draft, id = ID) => at(time, () => appendDraft(ledger, id, draft));
  /** The vertical annotations of each widget. */
  const drawn = () => {
    const { widgets } = JSON.parse(cloudWatch.dashboards.get(DASHBOARD) ?? "") as {
      widgets: { properties: { annotations?: { vertical?: { label: string; value: string }[] } } }[];
    };
    return widgets.map(({ properties }) => properties.annotations?.vertical);
  };

  it("draws what changed by hand what callers get, with who did it, at its moment", async () => {
    await at("2026-10-20T00:00:00.000Z", () => appendVersion(ledger, version(ID, 1)));
    await append("2026-10-30T08:00:00.250Z", pinTo(ID, [1, 1]));
    await append("2026-10-31T08:00:00.000Z", pinTo(ID, [1, 3], [2, 1]));
    const back = pinTo(ID, [1, 1]);
    await append("2026-11-01T08:00:00.000Z", { ...back, data: { ...back.data, rollback: true } } as Draft);
    await append("2026-11-02T08:00:00.000Z", { type: "PromptUnpinned", data: { channel: "live" } });
    await append("2026-11-03T08:00:00.000Z", { type: "PromptRetired", data: { forced: false } });
    await append("2026-11-04T08:00:00.000Z", { type: "PromptRestored", data: {} });
    await append("2026-11-04T09:00:00.000Z", { type: "GatesChanged", data: { channels: ["live"] } });
    await appendUnknown(ledger, ID, "PromptFramed");
    expect(await handler()).toEqual({ annotations: 6, written: true });
    const [series, number] = drawn();
    expect(series).toEqual([
      { value: "2026-10-30T08:00:00Z", label: `live: ${ID}#1 pinned by ada@example.com` },
      { value: "2026-10-31T08:00:00Z", label: `live: ${ID}#1 75 %, #2 25 % pinned by ada@example.com` },
      { value: "2026-11-01T08:00:00Z", label: `live: ${ID}#1 rolled back to by ada@example.com` },
      { value: "2026-11-02T08:00:00Z", label: `live: ${ID} unpinned by ada@example.com` },
      { value: "2026-11-03T08:00:00Z", label: `${ID} retired by ada@example.com` },
      { value: "2026-11-04T08:00:00Z", label: `${ID} restored by ada@example.com` },
    ]);
    expect(number).toBeUndefined();
  });

  it("writes nothing where nothing changed", async () => {
    expect(await handler()).toEqual({ annotations: 0, written: false });
    await append("2026-11-04T08:00:00.000Z", pinTo(ID, [1, 1]));
    expect(await handler()).toEqual({ annotations: 1, written: true });
    expect(await handler()).toEqual({ annotations: 1, written: false });
    expect(cloudWatch.writes).toHaveLength(1);
  });

  it("draws again after a deployment, and removes what has become old", async () => {
    await append("2026-10-21T11:00:00.000Z", pinTo(ID, [1, 1]));
    await append("2026-10-31T08:00:00.000Z", pinTo(ID, [2, 1]));
    vi.setSystemTime(new Date("2026-11-01T00:00:00.000Z"));
    await handler();
    expect(drawn()[0]).toHaveLength(2);
    vi.setSystemTime(new Date(NOW));
    cloudWatch.dashboards.set(DASHBOARD, DEPLOYED);
    await handler();
    expect(drawn()[0]).toEqual([expect.objectContaining({ value: "2026-10-31T08:00:00Z" })]);
    vi.setSystemTime(new Date("2026-12-01T00:00:00.000Z"));
    await handler();
    expect(JSON.parse(cloudWatch.dashboards.get(DASHBOARD) ?? "")).toEqual(JSON.parse(DEPLOYED));
  });

  it("draws the newest where there are too many", async () => {
    for (let minute = 0; minute < 53; minute += 1) {
      const time = `2026-11-04T08:${String(minute).padStart(2, "0")}:00.000Z`;
      await append(time, pinTo(ID, [1 + (minute % 2), 1]));
    }
    expect(await handler()).toEqual({ annotations: 50, written: true });
    const [series] = drawn();
    expect(series).toHaveLength(50);
    expect(series?.[0]?.value).toBe("2026-11-04T08:03:00Z");
  });

  it("says that there is no dashboard", async () => {
    cloudWatch.dashboards.clear();
    await expect(handler()).rejects.toMatchObject({
      code: "no-dashboard",
      message: expect.stringContaining(DASHBOARD),
    });
    expect(cloudWatch.dashboards.size).toBe(0);
  });

  it("says why CloudWatch refuses what it would write", async () => {
    const high = { ...graph({}), height: 2_000 };
    cloudWatch.dashboards.set(DASHBOARD, JSON.stringify({ widgets: [high] }));
    await append("2026-11-04T08:00:00.000Z", pinTo(ID, [1, 1]));
    await expect(handler()).rejects.toMatchObject({
      code: "dashboard-refused",
      message: expect.stringContaining("/widgets/0/height cannot be 2000"),
    });
  });

  it("logs what CloudWatch warns of", async () => {
    cloudWatch.warnings = [{ DataPath: "/widgets/0/x", Message: "overlaps" }];
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    await append("2026-11-04T08:00:00.000Z", pinTo(ID, [1, 1]));
    expect(await handler()).toMatchObject({ written: true });
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("/widgets/0/x overlaps"));
  });

  it.each([
    ["PROMPTOPS_TABLE", "no-table-named"],
    ["PROMPTOPS_DASHBOARD", "no-dashboard-named"],
  ])("asks for %s", async (variable, code) => {
    vi.stubEnv(variable, "");
    await expect(handler()).rejects.toMatchObject({ code });
  });
});
