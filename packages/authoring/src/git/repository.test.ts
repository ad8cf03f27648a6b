import { describe, expect, it } from "vitest";
import { repoName, runUrlOf } from "./repository.ts";

describe("repoName", () => {
  it.each([
    ["https://github.com/acme/prompts.git", "acme/prompts"],
    ["https://github.com/acme/prompts", "acme/prompts"],
    ["https://user:token@github.com/acme/prompts.git", "acme/prompts"],
    ["https://x-access-token:ghs_secret@GitHub.com/acme/prompts/", "acme/prompts"],
    ["git@github.com:acme/prompts.git", "acme/prompts"],
    ["ssh://git@github.com:22/acme/prompts.git", "acme/prompts"],
    ["git@gitlab.com:group/sub/prompts.git", "group/sub/prompts"],
    ["https://git.example.com:8443/team/prompts.git", "git.example.com/team/prompts"],
    ["https://git.example.com/team/prompts.git?access_token=secret#x", "git.example.com/team/prompts"],
    ["deploy@git.example.com:team/prompts.git", "git.example.com/team/prompts"],
    ["user:secret@git.example.com:team/prompts.git", "git.example.com/team/prompts"],
    ["git.example.com:prompts", "git.example.com/prompts"],
    ["git+ssh://me@git.example.com/a%20b.git", "git.example.com/a%20b"],
    ["file:///srv/git/prompts.git", undefined],
    ["/srv/git/prompts.git", undefined],
    ["../prompts.git", undefined],
    ["C:\\git\\prompts", undefined],
    ["https://user:to/ken@example.com/prompts", undefined],
    ["", undefined],
  ])("names %s %s", (remote, name) => {
    expect(repoName(remote)).toBe(name);
  });
});

describe("runUrlOf", () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    [
      "GitHub",
      { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "acme/prompts", GITHUB_RUN_ID: "7" },
      "https://github.com/acme/prompts/actions/runs/7",
    ],
    ["half of GitHub", { GITHUB_SERVER_URL: "https://github.com", GITHUB_RUN_ID: "7" }, undefined],
    [
      "GitLab",
      { CI_JOB_URL: "https://gitlab.com/acme/prompts/-/jobs/7" },
      "https://gitlab.com/acme/prompts/-/jobs/7",
    ],
    ["Jenkins", { BUILD_URL: "https://ci.example.com/job/7/" }, "https://ci.example.com/job/7/"],
    ["no CI", {}, undefined],
  ])("knows %s", (_, env, url) => {
    expect(runUrlOf(env)).toBe(url);
  });
});
