/** Shown by the shell, which all pages share (shell/screens.tsx). */
export default function Page() {
  return null;
}
