import { useEffect, useRef, useState } from "preact/hooks";
import type { Command, CommandFilter } from "../../../client/src/index.ts";
import { useClient } from "./client.ts";

/** `off`: the API has no stream, or this key may not read it. */
export type Live = "live" | "off";

/** How often what has come is shown at most: a burst of thousands is one change of the page. */
const SHOW_EVERY_MS = 250;

/** Tells of every change of a command that matches, many at once. */
export function useLive(
	filter: CommandFilter,
	on: boolean,
	tell: (changed: readonly Command[]) => void,
): Live {
	const client = useClient();
	const [live, setLive] = useState<Live>("live");
	const teller = useRef(tell);
	teller.current = tell;
	const key = JSON.stringify(filter);
	useEffect(() => {
		if (!on) return;
		const stop = new AbortController();
		let came: Command[] = [];
		const timer = setInterval(() => {
			if (came.length > 0) teller.current(came);
			came = [];
		}, SHOW_EVERY_MS);
		(async () => {
			setLive("live");
			const options = { signal: stop.signal };
			for await (const { data } of client.commands.stream(JSON.parse(key), options))
				came.push(data);
		})().catch(() => stop.signal.aborted || setLive("off"));
		return () => {
			stop.abort(new Error("nobody looks any more"));
			clearInterval(timer);
		};
	}, [client, key, on]);
	return live;
}
