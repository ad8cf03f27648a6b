import validate from "asl-validator";
import { describe, expect, it } from "vitest";
import { stateMachine } from "./state-machine.ts";

const ARN = "arn:aws:lambda:eu-central-1:123456789012:function:batch-worker";

describe("stateMachine", () => {
  it("is valid Amazon States Language", () => {
    const { isValid, errorsText } = validate(stateMachine(ARN));
    expect(errorsText("\n")).toBe("");
    expect(isValid).toBe(true);
  });

  it.each(["CSV", "JSONL", "PARQUET", "MANIFEST"])(
    "reads %s with a Distributed Map of express executions",
    (type) => {
      const { States } = stateMachine(ARN) as { States: Record<string, object> };
      expect(States.Type).toMatchObject({
        Choices: expect.arrayContaining([{ Variable: "$.dataset.type", StringEquals: type, Next: type }]),
      });
      expect(States[type]).toMatchObject({
        Type: "Map",
        ItemReader: { ReaderConfig: { InputType: type } },
        ItemSelector: { "recordId.$": "$$.Map.Item.Index", "record.$": "$$.Map.Item.Value" },
        ItemBatcher: { MaxItemsPerBatchPath: "$.batchSize", MaxInputBytesPerBatch: 262_144 },
        ItemProcessor: {
          ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "EXPRESS" },
          States: {
            [`${type} worker`]: { Parameters: { FunctionName: ARN }, Retry: [{ JitterStrategy: "FULL" }] },
          },
        },
        ResultWriter: { Resource: "arn:aws:states:::s3:putObject" },
        End: true,
      });
    },
  );

  it("is one that the validator refuses when a state is missing", () => {
    const broken = { ...stateMachine(ARN), StartAt: "Nowhere" };
    expect(validate(broken).isValid).toBe(false);
  });
});
