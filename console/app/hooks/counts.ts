import { useEffect, useRef, useState } from "preact/hooks";
import type { CommandCounts, CommandFilter } from "../../../client/src/index.ts";
import { useClient } from "./client.ts";

/** While much happens it is counted again at most so often. */
const AGAIN_MS = 3_000;

/** How many commands are in each state; undefined until that is known, or where the API cannot tell. */
export function useCounts(filter: CommandFilter, turn: number): CommandCounts | undefined {
	const client = useClient();
	const [counts, setCounts] = useState<CommandCounts>();
	const lastAt = useRef(0);
	const { state: _, ...rest } = filter;
	const key = JSON.stringify(rest);
	const counted = useRef(key);
	useEffect(() => {
		let gone = false;
		const another = counted.current !== key;
		counted.current = key;
		if (another) setCounts(undefined);
		const wait = another ? 0 : Math.max(0, lastAt.current + AGAIN_MS - Date.now());
		const timer = setTimeout(async () => {
			lastAt.current = Date.now();
			const found = await client.commands.counts(JSON.parse(key)).catch(() => undefined);
			if (!gone && found) setCounts(found);
		}, wait);
		return () => {
			gone = true;
			clearTimeout(timer);
		};
	}, [client, key, turn]);
	return counts;
}
