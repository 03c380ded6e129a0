import type { CommandFilter } from "../../../../client/src/index.ts";
import { Empty } from "../../parts/empty.tsx";
import { filterWords } from "./filter.ts";

interface NoCommandsProps {
	readonly filter: CommandFilter;
	readonly onAll: () => void;
	readonly onSend: () => void;
}

export function NoCommands({ filter, onAll, onSend }: NoCommandsProps) {
	return (
		<Empty title="No command matches">
			<p>Looked for: {filterWords(filter)}.</p>
			<div class="actions">
				<button type="button" onClick={onAll}>
					Any state, any time
				</button>
				<button type="button" class="main" onClick={onSend}>
					Send a command
				</button>
			</div>
		</Empty>
	);
}
