import { GOOD_OUTPUTS, type Reply, replyJson } from "@promptops/testing";

/**
 * The account's answer to who asks what the stage production is made of.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 */
export const parameter = (outputs: object = GOOD_OUTPUTS): Reply =>
  replyJson(200, {
    Parameter: { Name: "/promptops/production", Type: "String", Value: JSON.stringify(outputs), Version: 1 },
  });
