"""How the page of the evidence looks: light or dark as the reader has it, and on paper."""

STYLE = """
:root{--ink:#1c1c1c;--paper:#fdfdfb;--quiet:#5a5a5a;--link:#0b4f8a;--line:#d5d5cf;--warn:#8a3b00;--mark:#fff3cf}
@media(prefers-color-scheme:dark){:root{--ink:#e8e6e1;--paper:#161719;--quiet:#a9a9a4;--link:#8cc4ff;--line:#3a3b3d;\
--warn:#ffb070;--mark:#3a3216}}
html{scroll-padding-top:3.2rem}
body{margin:0;color:var(--ink);background:var(--paper);font:16px/1.5 system-ui,sans-serif}
main{max-width:52rem;margin:0 auto;padding:0 1rem 6rem}
nav{position:sticky;top:0;background:var(--paper);border-bottom:1px solid var(--line);padding:.5rem 1rem;z-index:1}
nav a{margin-right:.8rem}
a{color:var(--link)}
a:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;z-index:2;background:var(--paper)}
h1{line-height:1.2}h2{margin-top:3rem;border-bottom:2px solid var(--line)}
h3{margin:0;overflow-wrap:anywhere;font-size:1.1rem}h4{margin:.9rem 0 .2rem;font-size:1rem}
article{border-top:1px solid var(--line);padding:1rem 0}
article:target{background:var(--mark);box-shadow:0 0 0 .6rem var(--mark)}
p{margin:.3rem 0}small,dt{color:var(--quiet)}em{color:var(--warn);font-style:normal}
code{font-size:.9em;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:minmax(4.5rem,max-content) 1fr;gap:.1rem .8rem;margin:.3rem 0}
dt{grid-column:1;max-width:9rem}dd{grid-column:2;margin:0;overflow-wrap:anywhere}
dl>div{grid-column:2}
ul{padding-left:1.2rem;margin:.3rem 0}li{margin:.35rem 0;overflow-wrap:anywhere}
table{border-collapse:collapse;margin:.5rem 0}th,td{text-align:left;vertical-align:top;padding:.2rem .7rem .2rem 0;\
border-bottom:1px solid var(--line)}
@media(min-width:40rem){th,td:not(:last-child){white-space:nowrap}}
.note{border-left:4px solid var(--warn);padding-left:.8rem}
@media print{nav,.skip{display:none}body{font-size:10pt;color:#000;background:#fff}a{color:#000}\
article{break-inside:avoid-page}details::details-content{content-visibility:visible;block-size:auto}}
"""
