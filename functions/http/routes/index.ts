import type { Route } from "../route.ts";
import { auditRoutes } from "./audit.ts";
import { commandRoutes } from "./commands.ts";
import { consoleRoutes } from "./console.ts";
import { deadLetterRoutes } from "./dead-letters.ts";
import { keyRoutes } from "./keys.ts";
import { operationRoutes } from "./operations.ts";
import { quotaRoutes } from "./quota.ts";
import { reactionRoutes } from "./reactions.ts";
import { scheduleRoutes } from "./schedules.ts";
import { serviceRoutes } from "./service.ts";

/** Every route of the API: what it serves, its document and README's table are made from this list. */
export const ROUTES: readonly Route[] = [
	...commandRoutes,
	...operationRoutes,
	...deadLetterRoutes,
	...scheduleRoutes,
	...reactionRoutes,
	...quotaRoutes,
	...keyRoutes,
	...auditRoutes,
	...serviceRoutes,
	...consoleRoutes,
];
