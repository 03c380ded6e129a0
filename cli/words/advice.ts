import type { Command } from "../../client/src/index.ts";

/** By the code of the error, in lower case. */
const BY_CODE: ReadonlyArray<readonly [code: RegExp, advice: string]> = [
	[
		/inactivedevice|offline|halfconn|^9200$|^9201$/,
		"bring the device online and redrive it; with --when-offline wait a command waits for that by itself",
	],
	[
		/notexisteddevice|invalidiotid|nulldevicename|invalidformatteddevicename/,
		"check product and device name: the platform knows no such device",
	],
	[
		/notexistedproduct|nullproductkey/,
		"check the product key, and IOT_INSTANCE_ID of the function",
	],
	[
		/permission|invalidtenant|^forbidden/,
		"the function's role may not call iot:InvokeThingService: docs/deploy.md has its policy",
	],
	[/billisoverdue|^403$/, "the account has an unpaid bill, or no right to this"],
	[
		/invalidformattedparameter|tsl|thingmodel/,
		"compare service and arguments with the product's thing model",
	],
	[
		/ratelimit|throttling/,
		"there were more calls than the quota: `thingcast quota` shows who makes them",
	],
	[
		/^overlap$/,
		"its schedule's previous run was not finished; the schedule's `overlap` decides that",
	],
];

/** What a person may do about the state that a command is in. */
export function adviceOn(command: Command): string | undefined {
	const { id, state } = command;
	const code = "error" in command ? (command.error?.code.toLowerCase() ?? "") : "";
	const byCode = BY_CODE.find(([pattern]) => pattern.test(code))?.[1];
	switch (state) {
		case "succeeded":
		case "sending":
			return undefined;
		case "accepted":
			return "nothing: it is sent as soon as a worker takes it, at the latest with the next tick";
		case "waiting":
			return `nothing, or \`thingcast cancel ${id}\` to stop it`;
		case "sent":
			return "nothing: the device's reply is awaited";
		case "failed":
			return byCode ?? `once the cause is gone: \`thingcast redrive ${id}\` sends it again`;
		case "timed_out":
			return `the platform took it, so the device may have done it without a word: ask the device before you \`thingcast redrive ${id}\`. A late reply still closes it`;
		case "unknown":
			return `ask the device whether it has done it. If not, \`thingcast redrive ${id}\`; where twice does no harm, "onUnknown": "resend" repeats by itself. A late reply still closes it`;
		case "expired":
			return `${byCode ? `${byCode}; or ` : ""}\`thingcast redrive ${id}\`; a longer --expires-in gives it more time`;
		case "canceled":
			return byCode ?? `\`thingcast redrive ${id}\` if it is wanted after all`;
	}
}
