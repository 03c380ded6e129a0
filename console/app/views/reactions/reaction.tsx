import { useState } from "preact/hooks";
import type { Reaction, ReactionRequest } from "../../../../client/src/index.ts";
import { exactText } from "../../api/exact.ts";
import { useClient } from "../../hooks/client.ts";
import { useLoad } from "../../hooks/load.ts";
import { go, hrefOf, type Route } from "../../hooks/route.ts";
import { useShortcuts } from "../../hooks/shortcuts.ts";
import { Act } from "../../parts/act.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { Editor } from "../../parts/editor.tsx";
import { Facts, Json } from "../../parts/facts.tsx";
import { Page } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { Time } from "../../parts/time.tsx";
import { TroubleNote } from "../../parts/trouble.tsx";
import { definitionOf } from "../schedules/when.ts";
import { TestBench } from "./bench.tsx";
import { whenText } from "./samples.ts";

type Open = "edit" | "delete" | undefined;

export function ReactionView({ route: { path } }: { readonly route: Route }) {
	const client = useClient();
	const id = path[1] ?? "";
	const { value: reaction, error, reload, set } = useLoad(id, () => client.reactions.get(id));
	const [failure, setFailure] = useState<unknown>();
	const [open, setOpen] = useState<Open>();
	const up = { label: "Reactions", href: hrefOf(["reactions"]) };
	useShortcuts("Reaction", [
		{ keys: "r", label: "read it again", run: reload },
		{ keys: "e", label: "edit it", run: () => setOpen("edit") },
		{ keys: "u", label: "up to the list", run: () => go(up.href) },
	]);
	const save = async (text: string) => {
		set(await client.reactions.replace(id, text, { version: reaction?.version }));
	};
	const turn = async () => {
		if (!reaction) return;
		const changed = {
			...definitionOf(reaction),
			enabled: !reaction.enabled,
		} as unknown as ReactionRequest;
		await save(exactText(changed, ""));
	};
	const remove = async () => {
		await client.reactions.delete(id);
		go(up.href);
	};
	const actions = reaction && (
		<>
			<Act act={turn} done={reaction.enabled ? "It is off" : "It is on"} onError={setFailure}>
				Turn {reaction.enabled ? "off" : "on"}
			</Act>
			<button type="button" onClick={() => setOpen("edit")}>
				Edit<kbd aria-hidden="true">e</kbd>
			</button>
			<button type="button" class="danger" onClick={() => setOpen("delete")}>
				Delete …
			</button>
		</>
	);
	return (
		<Page title={reaction?.name || "Reaction"} up={up} actions={actions}>
			<TroubleNote error={failure ?? error} retry={reload} />
			{reaction && <Shown reaction={reaction} />}
			{open === "edit" && reaction && (
				<Editor
					title="Edit the reaction"
					text={exactText(definitionOf(reaction), "  ")}
					verb="Save"
					save={save}
					onClose={() => setOpen(undefined)}
				/>
			)}
			{open === "delete" && (
				<Confirm
					title="Delete the reaction"
					verb="Delete"
					act={remove}
					onClose={() => setOpen(undefined)}
				>
					It reacts to nothing more. Commands that it has sent stay.
				</Confirm>
			)}
		</Page>
	);
}

function Shown({ reaction }: { readonly reaction: Reaction }) {
	const { id, enabled, when, cooldownSeconds, maxDepth, loopWindowSeconds, updatedAt } = reaction;
	const broken = (reaction as { readonly error?: string }).error;
	return (
		<div class="scroll">
			<p class="lead">
				<State of={enabled ? "enabled" : "disabled"} label={enabled ? "on" : "off"} />
				<span>
					{whenText(reaction)}
					{when.condition && (
						<>
							{" "}
							if <code>{when.condition}</code>
						</>
					)}
				</span>
			</p>
			{broken && <p class="note bad">It can do nothing: {broken}. Edit it (e).</p>}
			<div class="columns">
				<section>
					<h2>Reaction</h2>
					<Facts
						of={[
							["Id", <code key="id">{id}</code>],
							["Cooldown", `${cooldownSeconds ?? 0} s a device`],
							["Longest chain", maxDepth],
							[
								"Loop window",
								loopWindowSeconds === undefined ? undefined : `${loopWindowSeconds} s`,
							],
							["Changed", <Time key="at" at={updatedAt} ago />],
						]}
					/>
					<h2>What it sends</h2>
					<Json label="What it sends" value={reaction.do} />
				</section>
				<section>
					<TestBench reaction={reaction} />
				</section>
			</div>
		</div>
	);
}
