import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { say } from "../hooks/say.ts";

interface ActProps {
	readonly act: () => Promise<unknown>;
	/** Said when it is done. */
	readonly done: string;
	readonly onError: (error: unknown) => void;
	readonly look?: "main" | "danger";
	readonly keys?: string;
	readonly disabled?: boolean;
	readonly children: ComponentChildren;
}

/** A button that does something at the API, once at a time. */
export function Act({ act, done, onError, look, keys, disabled = false, children }: ActProps) {
	const [busy, setBusy] = useState(false);
	const press = () => {
		setBusy(true);
		onError(undefined);
		act()
			.then(() => say(done), onError)
			.finally(() => setBusy(false));
	};
	return (
		<button
			type="button"
			class={look ?? ""}
			disabled={busy || disabled}
			onClick={press}
			aria-keyshortcuts={keys}
		>
			{children}
			{keys && <kbd aria-hidden="true">{keys}</kbd>}
		</button>
	);
}
