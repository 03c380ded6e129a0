import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Act } from "./act.tsx";
import { Dialog } from "./dialog.tsx";
import { TroubleNote } from "./trouble.tsx";

interface ConfirmProps {
	readonly title: string;
	readonly verb: string;
	readonly act: () => Promise<unknown>;
	readonly onClose: () => void;
	/** What it means. */
	readonly children: ComponentChildren;
}

/** Asked before what cannot be taken back. */
export function Confirm({ title, verb, act, onClose, children }: ConfirmProps) {
	const [error, setError] = useState<unknown>();
	const done = async () => {
		await act();
		onClose();
	};
	return (
		<Dialog title={title} onClose={onClose}>
			<p>{children}</p>
			<TroubleNote error={error} />
			<footer>
				<button type="button" onClick={onClose}>
					Leave it
				</button>
				<Act act={done} done={`${title}: done`} onError={setError} look="danger">
					{verb}
				</Act>
			</footer>
		</Dialog>
	);
}
