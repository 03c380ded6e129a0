import { useId, useState } from "preact/hooks";
import type { Reaction, Trial } from "../../../../client/src/index.ts";
import { exactText } from "../../api/exact.ts";
import { Mistake } from "../../api/problem.ts";
import { useClient } from "../../hooks/client.ts";
import { Json } from "../../parts/facts.tsx";
import { TroubleNote } from "../../parts/trouble.tsx";
import { sampleOf } from "./samples.ts";

/** What an event would send; nothing is sent. */
export function TestBench({ reaction: { id, when } }: { readonly reaction: Reaction }) {
	const client = useClient();
	const [text, setText] = useState(() => exactText(sampleOf(when), "  "));
	const [trial, setTrial] = useState<Trial>();
	const [error, setError] = useState<unknown>();
	const field = useId();
	const run = async () => {
		setError(undefined);
		setTrial(undefined);
		try {
			JSON.parse(text);
			setTrial(await client.reactions.test(id, text));
		} catch (thrown) {
			const mistake = thrown instanceof SyntaxError;
			setError(mistake ? new Mistake(`The event is not JSON: ${thrown.message}`) : thrown);
		}
	};
	return (
		<form
			class="bench"
			onSubmit={(event) => {
				event.preventDefault();
				run();
			}}
		>
			<h2>Test bench</h2>
			<label for={field}>
				An event of the source {when.source} (Ctrl+Enter: try it; nothing is sent)
			</label>
			<textarea
				id={field}
				class="code"
				rows={8}
				spellcheck={false}
				value={text}
				onInput={({ currentTarget }) => setText(currentTarget.value)}
				onKeyDown={(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && run()}
			/>
			<button type="submit" class="main">
				Try it
			</button>
			<div role="status">
				{trial && (
					<p class={trial.sends ? "note good" : "note advice"}>
						{trial.sends ? (
							<strong>It would send this command:</strong>
						) : (
							`It sends nothing: ${trial.because}.`
						)}
					</p>
				)}
			</div>
			{trial?.sends && <Json label="Command" value={{ device: trial.device, ...trial.command }} />}
			<TroubleNote error={error} />
		</form>
	);
}
