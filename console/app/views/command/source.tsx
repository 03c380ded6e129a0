import type { Source } from "../../../../client/src/index.ts";
import { hrefOf } from "../../hooks/route.ts";

/** Views of what causes commands, by the source's type. */
const VIEWS: Readonly<Record<string, string>> = {
	redrive: "commands",
	schedule: "schedules",
	reaction: "reactions",
	job: "jobs",
};

export function SourceLink({ source: { type, ref, by } }: { readonly source: Source }) {
	const view = VIEWS[type];
	const id = ref?.split(" ")[0];
	return (
		<>
			{type} {view && id ? <a href={hrefOf([view, id])}>{ref}</a> : ref}
			{by && <span class="faint"> by {by}</span>}
		</>
	);
}
