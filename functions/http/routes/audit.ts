import { type ExactObject, exactNumber } from "../../../shared/json/exact.ts";
import { type AuditEntry, auditSchema } from "../../../shared/store/audit-store.ts";
import type { Stored } from "../../../shared/stored.ts";
import * as z from "../../../shared/zod.ts";
import { listDocuments, pageSchema } from "../list.ts";
import { route } from "../route.ts";
import { documentsPage, instant } from "./common-document.ts";

const listAudit = route({
	method: "GET",
	path: "/v1/audit",
	operationId: "listAudit",
	summary: "List who changed what in the last 90 days, newest first, refused requests included",
	scope: "admin",
	query: pageSchema,
	answers: () =>
		documentsPage(
			"audit",
			z.extend(auditSchema, { at: instant }).check(z.meta({ id: "AuditEntry" })),
			{
				id: "01KATZ5Y3RQ9K0M8V7D4N2XHBC",
				at: "2026-12-01T07:00:00.000Z",
				by: "gate 7",
				keyId: "01KATZ4HDEJ3V4R2S8T0W6YXQZ",
				action: "createSchedule",
				subject: "01KATZ5Y3QWE7C9V1B3N5M7K0J",
				status: 201,
				requestId: "1-692d3a10-15c2b1a4-9f3e0c1d2b4a",
				address: "203.0.113.7",
			},
		),
	handle: (deps, call) =>
		listDocuments({ store: deps.audit, what: "audit entry" }, call, "audit", view),
});

export const auditRoutes = [listAudit];

const view = ({ document: { at, status, ...entry } }: Stored<AuditEntry>): ExactObject => ({
	at: new Date(at).toISOString(),
	...entry,
	status: exactNumber(String(status)),
});
