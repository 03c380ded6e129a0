import { useEffect, useState } from "preact/hooks";

const listeners = new Set<(text: string) => void>();

/** Tells a person what happened, by eye and by screen reader. */
export function say(text: string): void {
	for (const listener of listeners) listener(text);
}

export function useSaid(): { readonly text: string; readonly turn: number } {
	const [said, setSaid] = useState({ text: "", turn: 0 });
	useEffect(() => {
		const listener = (text: string) => setSaid(({ turn }) => ({ text, turn: turn + 1 }));
		listeners.add(listener);
		return () => {
			listeners.delete(listener);
		};
	}, []);
	return said;
}
