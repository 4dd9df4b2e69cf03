"""The look of the page: one style sheet for light and dark, wide and narrow, screen and paper."""

from __future__ import annotations

SHEET = """\
:root{color-scheme:light dark;--page:#fff;--soft:#f6f8fa;--text:#1f2328;--muted:#59636e;--line:#d1d9e0;--link:#0a58ca;
--add:#0b4a1d;--add-bg:#dafbe1;--del:#82071e;--del-bg:#ffebe9;--mod:#5c3d00;--mod-bg:#fff8c5;--rep:#762c00;
--rep-bg:#ffdfc7;--mov:#0a3069;--mov-bg:#ddf4ff}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--soft:#151b23;--text:#e6edf3;--muted:#9198a1;--line:#3d444d;
--link:#79c0ff;--add:#aff5b4;--add-bg:#12381f;--del:#ffdcd7;--del-bg:#4a1618;--mod:#f8e3a1;--mod-bg:#3b2d09;
--rep:#ffd8b5;--rep-bg:#4a2409;--mov:#cae8ff;--mov-bg:#0f2d50}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1rem}
body{margin:0;background:var(--page);color:var(--text);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
header,nav,main,footer{max-width:80rem;margin:0 auto;padding:0 1rem}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
main:focus{outline:none}
.skip{position:absolute;left:-100vw;top:0;background:var(--page);padding:.6rem 1rem;z-index:1}
.skip:focus{left:0}
h1{font-size:1.5rem;line-height:1.25;margin:1.5rem 0 .75rem}
h2{font-size:1.25rem;margin:2.5rem 0 .75rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1.5rem 0 .5rem}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.kind,.meta,footer,figcaption,caption{color:var(--muted);font-size:.875rem}
.meta{margin:.25rem 0}
.verdict{font-size:1.125rem;font-weight:600;margin:0 0 .75rem;padding:.75rem 1rem;
border-left:.4rem solid;border-radius:6px}
.bad{background:var(--del-bg);color:var(--del)}
.warn,.failure{background:var(--mod-bg);color:var(--mod)}
.good{background:var(--add-bg);color:var(--add)}
.failure{padding:.5rem 1rem;border-radius:6px}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;margin:1rem 0 0}
nav a,footer a{display:inline-block;padding:.2rem 0}
.badge{display:inline-block;padding:0 .5rem;border-radius:1rem;font-size:.8125rem;font-weight:600;white-space:nowrap}
.create{color:var(--add);background:var(--add-bg)}
.delete,.fails{color:var(--del);background:var(--del-bg)}
.update{color:var(--mod);background:var(--mod-bg)}
.replace{color:var(--rep);background:var(--rep-bg)}
.note{color:var(--mov);background:var(--mov-bg)}
.sign{display:inline-block;min-width:1.4rem;text-align:center;font-weight:700;white-space:pre;border-radius:3px;
font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.verdicts{list-style:none;padding:0;margin:0}
.verdicts>li{border:1px solid var(--line);border-radius:6px;padding:.6rem .9rem;margin:.6rem 0}
.verdicts p{margin:.25rem 0}
.box{overflow-x:auto;max-width:100%;margin:.75rem 0}
table{border-collapse:collapse;font-size:.875rem;min-width:100%;overflow-wrap:normal}
caption{text-align:left;padding:.25rem 0}
th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top}
thead th{background:var(--soft)}
tbody th{font-weight:400}
.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
td>.sign{margin-right:.3rem}
.nothing{color:var(--muted)}
.tree,.tree ul{list-style:none;padding-left:0;margin:.25rem 0}
.tree ul{padding-left:clamp(.5rem,3vw,1.5rem);border-left:1px solid var(--line)}
summary{cursor:pointer;padding:.25rem 0}
.tree .leaf{padding:.25rem 0 .25rem 1rem}
.reasons{margin:.25rem 0 .5rem;padding-left:clamp(1.2rem,5vw,2.5rem);font-size:.9375rem}
.reasons:target,.leaf:target{outline:2px solid var(--link);outline-offset:3px;border-radius:3px}
.reasons>li{margin:.4rem 0}
ins,del{display:inline-block;max-width:100%;padding:0 .3rem;border-radius:3px;text-decoration:none}
ins{color:var(--add);background:var(--add-bg)}
del{color:var(--del);background:var(--del-bg)}
.diff{margin:.5rem 0;border:1px solid var(--line);border-radius:6px;white-space:pre-wrap;padding:.25rem 0}
.diff span{display:block;padding:0 .75rem 0 2rem;text-indent:-1.25rem}
.diff .add{color:var(--add);background:var(--add-bg)}
.diff .del{color:var(--del);background:var(--del-bg)}
.diff .mod{color:var(--mod);background:var(--mod-bg)}
.diff .mov{color:var(--mov);background:var(--mov-bg)}
figure{margin:1rem 0}
dt{font-weight:600;margin-top:.75rem}
dd{margin:0 0 0 1rem}
footer{margin-top:3rem;padding-top:1rem;padding-bottom:2rem;border-top:1px solid var(--line)}
@media print{
body{font-size:10pt}
nav,.skip{display:none}
header,main,footer{max-width:none;padding:0}
.box{overflow:visible}
details::details-content{content-visibility:visible;display:block;height:auto}
.verdicts>li,tr,figure{break-inside:avoid}
h2,h3,summary{break-after:avoid}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
"""

DRAWING = "@media print{svg{max-width:100%;height:auto}}"
"""For a drawing, which lies in a shadow of its own: its styles and names are its own too."""
