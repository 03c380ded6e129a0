import { exactText } from "../../api/exact.ts";
import { useClient } from "../../hooks/client.ts";
import { Editor } from "../../parts/editor.tsx";

/** A careful job, to be changed: ten devices, then a tenth, then all. */
const EXAMPLE = `{
  "name": "night mode",
  "targets": {"query": "productKey = 'a1…' and online"},
  "command": {"service": "Set", "args": {"mode": 1}, "expiresIn": 3600},
  "waves": [{"count": 10}, {"percent": 10}, {"percent": 100}],
  "advance": "auto",
  "soakSeconds": 60,
  "rate": {"perSecond": 200},
  "stop": [{"states": ["failed", "timed_out", "unknown", "expired"], "percent": 5, "minimum": 20, "then": "pause"}]
}`;

interface NewJobProps {
	readonly onMade: (id: string) => void;
	readonly onClose: () => void;
}

/** What it would do is shown before it is started. */
export function NewJob({ onMade, onClose }: NewJobProps) {
	const client = useClient();
	return (
		<Editor
			title="New job"
			text={EXAMPLE}
			verb="Start"
			save={async (text) => onMade((await client.jobs.create(text)).id)}
			preview={{
				verb: "Forecast",
				show: async (text) => exactText(await client.jobs.forecast(text), "  "),
			}}
			onClose={onClose}
		/>
	);
}
