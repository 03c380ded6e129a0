import { useEffect, useRef } from "preact/hooks";

export interface Shortcut {
	/** A key, or two after one another such as `g c`. */
	readonly keys: string;
	readonly label: string;
	/** Absent where the element that has the focus does it. */
	readonly run?: () => void;
}

interface Registered extends Shortcut {
	readonly group: string;
}

/** What may be pressed at this moment; the latest of several with the same keys counts. */
const registered = new Set<Registered>();

const STORED = "thingcast-shortcuts";
/** A person who speaks or whose hands shake turns them off (WCAG 2.1.4). */
export const shortcutsAreOn = (): boolean => localStorage.getItem(STORED) !== "off";
export const turnShortcuts = (on: boolean): void => localStorage.setItem(STORED, on ? "on" : "off");

export const shortcutsNow = (): readonly Registered[] => [...registered];

/** These keys do this while the component is there. */
export function useShortcuts(group: string, shortcuts: readonly Shortcut[]): void {
	const latest = useRef(shortcuts);
	latest.current = shortcuts;
	const keys = shortcuts.map((one) => `${one.keys}\t${one.label}`).join("\n");
	useEffect(() => {
		const mine = keys
			.split("\n")
			.filter(Boolean)
			.map((line) => {
				const [keys = "", label = ""] = line.split("\t");
				const run = () => latest.current.find((one) => one.keys === keys)?.run?.();
				const told = latest.current.some((one) => one.keys === keys && !one.run);
				return { keys, label, group, ...(told ? {} : { run }) };
			});
		for (const one of mine) registered.add(one);
		return () => {
			for (const one of mine) registered.delete(one);
		};
	}, [keys, group]);
}

const SECOND_KEY_WITHIN_MS = 1_500;
let first: { readonly key: string; readonly at: number } | undefined;

const isTyped = (target: EventTarget | null): boolean =>
	target instanceof Element &&
	target.closest("input, textarea, select, [contenteditable]") !== null;

/** Listens to the keys of the page. */
export function listenToKeys(): () => void {
	const pressed = (event: KeyboardEvent) => {
		const { key, ctrlKey, metaKey, altKey, target, timeStamp } = event;
		if (event.defaultPrevented || ctrlKey || metaKey || altKey || isTyped(target)) return;
		if (!shortcutsAreOn() || document.querySelector("dialog[open]")) return;
		const both = first && timeStamp - first.at < SECOND_KEY_WITHIN_MS ? `${first.key} ${key}` : key;
		first = undefined;
		const found = [...registered].reverse().find(({ keys }) => keys === both || keys === key);
		if (found?.run) {
			event.preventDefault();
			found.run();
		} else if ([...registered].some(({ keys }) => keys.startsWith(`${key} `))) {
			first = { key, at: timeStamp };
		}
	};
	document.addEventListener("keydown", pressed);
	return () => document.removeEventListener("keydown", pressed);
}
