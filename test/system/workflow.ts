import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Project, Ran } from "./project.ts";
import { REPOSITORY } from "./project.ts";

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly env?: Readonly<Record<string, string>>; readonly steps: readonly Step[] }>
  >;
}

/** The commands of one of this repository's workflows, to be run as the runner does: by bash, stopping at a failure. */
export class WorkflowCommands {
  readonly lines: readonly string[];

  constructor(name: string) {
    const workflow = parse(readFileSync(join(REPOSITORY, ".github/workflows", name), "utf8")) as Workflow;
    this.lines = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  }

  /** Runs the command that begins with `beginning`, with what the workflow's expressions would stand for in `env`. */
  run(project: Project, beginning: string, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const line = this.lines.find((text) => text.startsWith(beginning));
    if (line === undefined) throw new Error(`no command begins with ${beginning}`);
    return project.shell(line, env);
  }
}
