export const publicationKey = (sessionId: string) => ["publication", sessionId] as const;
