import { useEffect, useState } from "preact/hooks";

/** The time, again and again, for what says `3 s ago`. */
export function useNow(everyMs = 1_000): number {
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), everyMs);
		return () => clearInterval(timer);
	}, [everyMs]);
	return now;
}
