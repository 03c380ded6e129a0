import { useEffect, useState } from "preact/hooks";

/** Whether the person likes it dark; canvases must be drawn again when that changes. */
export function useDark(): boolean {
	const [query] = useState(() => matchMedia("(prefers-color-scheme: dark)"));
	const [dark, setDark] = useState(query.matches);
	useEffect(() => {
		const changed = () => setDark(query.matches);
		query.addEventListener("change", changed);
		return () => query.removeEventListener("change", changed);
	}, [query]);
	return dark;
}
