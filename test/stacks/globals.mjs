// What is global in a program. SST's components look for it while they load, before the program says what it is called.
const { stage, command, paths } = JSON.parse(process.env.PROMPTOPS_EVALUATION);

Object.assign(globalThis, {
  $app: { stage, providers: {} },
  $cli: { command, dev: false, paths, state: { version: {} } },
  $dev: false,
});
