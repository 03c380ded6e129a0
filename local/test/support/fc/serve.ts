import { startFixture } from "./start.ts";

/*
 * The services in a process of their own, to be killed: prints its addresses
 * once it is ready. Arguments: the data folder and the runtime.
 */
const [dir, runtime] = process.argv.slice(2);
if (!dir) throw new Error("the data folder is missing");
const { fc } = await startFixture({
	dir,
	runtime: runtime === "custom" ? "custom" : "nodejs20",
});
process.stdout.write(`${JSON.stringify({ url: fc.url })}\n`);
