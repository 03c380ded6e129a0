import { accountCalls } from "./account.ts";
import { commandCalls } from "./commands.ts";
import { fleetCalls } from "./fleet.ts";
import { ruleCalls } from "./rules.ts";
import { type ClientOptions, createTransport } from "./transport.ts";

export type * from "./api/index.ts";
export type { SendOptions, WaitOptions } from "./commands.ts";
export { type Problem, ThingcastError } from "./error.ts";
export { type Branches, hasEnded, match } from "./match.ts";
export type { InVersion } from "./rules.ts";
export type { StreamEvent, StreamOptions } from "./stream.ts";
export type { ClientOptions } from "./transport.ts";

export type Client = ReturnType<typeof createClient>;

/**
 * @example
 * const { commands } = createClient({ url: "https://…", key: "…" });
 * const sent = await commands.send({ device, service: "Set", args: { level: 3 } }, { wait: 10 });
 */
export function createClient(options: ClientOptions) {
	const transport = createTransport(options);
	return {
		...commandCalls(transport),
		...ruleCalls(transport),
		...fleetCalls(transport),
		...accountCalls(transport),
	};
}
