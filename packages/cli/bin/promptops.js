#!/usr/bin/env node
// The sources are TypeScript that Node strips of its types. On an older Node, go on with the one that npm installed.
import { launch } from "./launch.js";

launch(new URL("../src/main.ts", import.meta.url));
