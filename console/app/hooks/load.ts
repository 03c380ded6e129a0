import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export interface Loaded<T> {
	readonly value: T | undefined;
	readonly error: unknown;
	readonly busy: boolean;
	/** Reads it again; what is shown stays until then. */
	readonly reload: () => void;
	/** What a change has answered takes its place. */
	readonly set: (value: T) => void;
}

/** Reads something when `key` changes, and again every `everyMs` where that is given. */
export function useLoad<T>(key: string, read: () => Promise<T>, everyMs?: number): Loaded<T> {
	const [shown, setShown] = useState<{ key: string; value?: T; error?: unknown }>({ key });
	const [busy, setBusy] = useState(true);
	const latest = useRef(0);
	const reader = useRef(read);
	reader.current = read;
	const reload = useCallback(() => {
		const turn = ++latest.current;
		const isCurrent = () => latest.current === turn;
		setBusy(true);
		reader
			.current()
			.then(
				(value) => isCurrent() && setShown({ key, value }),
				// What was there stays in sight beside the error.
				(error) =>
					isCurrent() &&
					setShown((before) => ({ ...(before.key === key ? before : { key }), error })),
			)
			.finally(() => isCurrent() && setBusy(false));
	}, [key]);
	useEffect(() => {
		reload();
		const timer =
			everyMs === undefined ? undefined : setInterval(() => document.hidden || reload(), everyMs);
		return () => {
			latest.current++;
			clearInterval(timer);
		};
	}, [reload, everyMs]);
	const current = shown.key === key ? shown : { key };
	const set = useCallback((value: T) => setShown({ key, value }), [key]);
	return { value: current.value, error: current.error, busy, reload, set };
}
