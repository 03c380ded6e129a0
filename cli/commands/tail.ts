import type { Command } from "commander";
import type { Command as Sent } from "../../client/src/index.ts";
import { addFilters, type FilterOptions, filterOf, pageSize, wholeNumber } from "../options.ts";
import { colourOfState } from "../output/colour.ts";
import type { Show } from "../output/show.ts";
import { localTime } from "../output/time.ts";
import { pad, printable } from "../output/width.ts";
import { runsWithApi, type Session } from "../session.ts";
import { detailOf } from "../words/command-columns.ts";
import { deviceText } from "../words/device.ts";

interface Options extends FilterOptions {
	readonly follow?: boolean;
	readonly lines: number;
	readonly after?: string;
}

const USUAL_LINES = 10;
const WIDEST_STATE = 9;

export function register(command: Command, session: Session): void {
	addFilters(command)
		.option("-f, --follow", "go on with every change of state, until Ctrl+C")
		.option("-n, --lines <n>", "so many of the last commands first", wholeNumber, USUAL_LINES)
		.option("--after <event-id>", "with -f: go on behind this event of the stream");
	runsWithApi<Options>(command, session, async ({ client, io, show, options }) => {
		const filter = filterOf(options);
		const { follow, after } = options;
		const lines = after === undefined ? options.lines : 0;
		const line = (shown: Sent) => show.one(shown, (one) => [lineOf(show, one)]);
		const last: Sent[] = [];
		if (lines > 0) {
			for await (const one of client.commands.list({ ...filter, limit: pageSize(lines) })) {
				last.push(one);
				if (last.length >= lines) break;
			}
		}
		for (const one of last.reverse()) line(one);
		if (!follow) return undefined;
		const { signal } = io;
		const options_ = { signal, ...(after === undefined ? {} : { lastEventId: after }) };
		for await (const { event, data } of client.commands.stream(filter, options_)) {
			if (event === "command") line(data);
		}
		return undefined;
	});
}

function lineOf(show: Show, command: Sent): string {
	const state = show.paint(pad(command.state, WIDEST_STATE), colourOfState(command.state));
	const what = `${deviceText(command.device)} ${command.service}`;
	const parts = [localTime(command.updatedAt), state, what, detailOf(command), command.id];
	return parts
		.filter(Boolean)
		.map((part, index) => (index === 1 ? part : printable(part)))
		.join("  ");
}
