/** `thingcast-local`: the functions of any s.yaml in the local cloud, until it is told to stop. */
import { run } from "./cli/run.ts";

const HELP = `thingcast-local [options]

Runs the functions of an s.yaml on this machine, against a local Function Compute,
IoT Platform, MNS and Tablestore that speak the real wire protocols.

  --stack FILE  the s.yaml (default s.yaml); its folder is the project's`;

await run(process.argv.slice(2), { name: "thingcast-local", help: HELP });
