import { useId, useState } from "preact/hooks";
import { Mistake } from "../api/problem.ts";
import { say } from "../hooks/say.ts";
import { Dialog } from "./dialog.tsx";
import { TroubleNote } from "./trouble.tsx";

interface EditorProps {
	readonly title: string;
	/** JSON to begin with. */
	readonly text: string;
	/** What the button says, such as `Create`. */
	readonly verb: string;
	readonly save: (text: string) => Promise<unknown>;
	/** What it would do, without doing it. */
	readonly preview?: { readonly verb: string; readonly show: (text: string) => Promise<string> };
	readonly onClose: () => void;
}

/** A document of the API as JSON; the API says what is wrong in it. */
export function Editor({ title, text: begin, verb, save, preview, onClose }: EditorProps) {
	const [text, setText] = useState(begin);
	const [error, setError] = useState<unknown>();
	const [busy, setBusy] = useState(false);
	const [shown, setShown] = useState("");
	const id = useId();
	const attempt = (act: () => Promise<void>) => {
		setBusy(true);
		setError(undefined);
		Promise.resolve()
			.then(() => JSON.parse(text))
			.then(act)
			.catch((thrown) =>
				setError(
					thrown instanceof SyntaxError
						? new Mistake(`This is not JSON: ${thrown.message}`)
						: thrown,
				),
			)
			.finally(() => setBusy(false));
	};
	const submit = () =>
		attempt(async () => {
			await save(text);
			say(`${title}: done`);
			onClose();
		});
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
	};
	return (
		<Dialog title={title} onClose={onClose} wide>
			<form
				method="dialog"
				onSubmit={(event) => {
					event.preventDefault();
					submit();
				}}
			>
				<label for={id}>JSON (Ctrl+Enter: {verb.toLowerCase()})</label>
				<textarea
					id={id}
					class="code"
					rows={18}
					spellcheck={false}
					value={text}
					onInput={({ currentTarget }) => setText(currentTarget.value)}
					onKeyDown={onKeyDown}
				/>
				<TroubleNote error={error} />
				{shown && (
					<pre class="json" role="status">
						{shown}
					</pre>
				)}
				<footer>
					{preview && (
						<button
							type="button"
							disabled={busy}
							onClick={() => attempt(async () => setShown(await preview.show(text)))}
						>
							{preview.verb}
						</button>
					)}
					<button type="submit" class="main" disabled={busy}>
						{verb}
					</button>
				</footer>
			</form>
		</Dialog>
	);
}
