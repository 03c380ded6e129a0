import { useEffect, useState } from "preact/hooks";
import { useSaid } from "../hooks/say.ts";

const SHOWN_MS = 6_000;

/** What has just happened. */
export function Said() {
	const { text, turn } = useSaid();
	const [over, setOver] = useState(0);
	useEffect(() => {
		const timer = setTimeout(() => setOver(turn), SHOWN_MS);
		return () => clearTimeout(timer);
	}, [turn]);
	const shown = turn > over ? text : "";
	return (
		<p class={shown ? "said" : "said none"} role="status">
			{shown}
		</p>
	);
}
