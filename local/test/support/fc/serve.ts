import { startFixture } from "./start.ts";

/*
 * The services in a process of their own, to be killed: prints its addresses
 * once it is ready. Argument: the data folder.
 */
const [dir] = process.argv.slice(2);
if (!dir) throw new Error("the data folder is missing");
const { fc } = await startFixture({ dir });
process.stdout.write(`${JSON.stringify({ url: fc.url })}\n`);
