import { useCallback, useEffect, useRef, useState } from "preact/hooks";

/** A list that is read as far as a person has looked. */
export interface Pages<T> {
	readonly items: readonly T[];
	/** `more`: there is more behind what is read. */
	readonly state: "loading" | "more" | "end" | "failed";
	readonly error: unknown;
	readonly more: () => void;
	readonly reload: () => void;
	readonly change: (change: (items: readonly T[]) => readonly T[]) => void;
}

/** What one request of a list gives. */
export const PAGE = 100;

export function usePages<T>(key: string, open: () => AsyncIterable<T>): Pages<T> {
	const [items, setItems] = useState<readonly T[]>([]);
	const [state, setState] = useState<Pages<T>["state"]>("loading");
	const [error, setError] = useState<unknown>();
	const iterator = useRef<AsyncIterator<T>>(undefined);
	const reading = useRef(false);
	const opener = useRef(open);
	opener.current = open;

	const more = useCallback(async () => {
		const from = iterator.current;
		if (!from || reading.current) return;
		reading.current = true;
		setState("loading");
		try {
			const { page, ended } = await take(from, PAGE);
			if (iterator.current !== from) return;
			setItems((before) => [...before, ...page]);
			setState(ended ? "end" : "more");
		} catch (thrown) {
			if (iterator.current !== from) return;
			iterator.current = undefined;
			setError(thrown);
			setState("failed");
		} finally {
			if (iterator.current === from || !iterator.current) reading.current = false;
		}
	}, []);

	const reload = useCallback(() => {
		const fresh = opener.current()[Symbol.asyncIterator]();
		iterator.current = fresh;
		reading.current = true;
		setState("loading");
		take(fresh, PAGE).then(
			({ page, ended }) => {
				if (iterator.current !== fresh) return;
				reading.current = false;
				setItems(page);
				setError(undefined);
				setState(ended ? "end" : "more");
			},
			(thrown) => {
				if (iterator.current !== fresh) return;
				reading.current = false;
				setError(thrown);
				setState("failed");
			},
		);
	}, []);

	useEffect(() => {
		setItems([]);
		setError(undefined);
		reload();
		return () => {
			iterator.current = undefined;
		};
	}, [key, reload]);

	return { items, state, error, more, reload, change: setItems };
}

async function take<T>(from: AsyncIterator<T>, count: number) {
	const page: T[] = [];
	while (page.length < count) {
		const { done, value } = await from.next();
		if (done) return { page, ended: true };
		page.push(value);
	}
	return { page, ended: false };
}
