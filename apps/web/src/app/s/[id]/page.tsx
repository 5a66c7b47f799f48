import { SessionPage } from "../../../session/session-page.tsx";

export default async function Page({ params }: PageProps<"/s/[id]">) {
  const { id } = await params;
  return <SessionPage key={id} sessionId={id} />;
}
