#!/usr/bin/env node
import { launch } from "./launch.js";

launch(new URL("../src/demo/demo.ts", import.meta.url));
