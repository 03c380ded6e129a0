import { fromNow } from "../../../cli/output/time.ts";
import { useNow } from "../hooks/now.ts";
import { timeText } from "./words.ts";

/** A time of the API as this machine's clock shows it; pointing at it shows the API's own text. */
export function Time({
	at,
	ago = false,
}: {
	readonly at: string | undefined;
	readonly ago?: boolean;
}) {
	const now = useNow(ago ? 1_000 : 60_000);
	if (!at) return null;
	const text = timeText(at, now);
	return (
		<time dateTime={at} title={at}>
			{ago ? `${text} (${fromNow(at, now)})` : text}
		</time>
	);
}
