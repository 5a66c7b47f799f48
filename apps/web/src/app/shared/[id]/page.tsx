/** Rendered by the shell that all pages share (shell/screens.tsx). */
export default function Page() {
  return null;
}
