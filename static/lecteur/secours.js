// Ce que les navigateurs refusent à un cadre d'une autre origine, rendu autrement au module.
(()=>{
  // Ce qu'il annonce paraît au-dessus du cadre; ce qu'il demande reçoit « OK », sa réponse la plus
  // utile : reprendre, quitter.
  const dire=texte=>{for(let f=window,n=0;n<6;f=f.parent,n++)try{if(f.Pont)return f.Pont.dire({atn:"avis",texte:String(texte)})}catch{return}};
  window.alert=dire;window.confirm=()=>true;window.prompt=(_,defaut)=>defaut??"";
  // Là où les témoins d'autres sites sont bloqués, lire localStorage est une erreur : la mémoire suffit.
  const memoire=()=>{
    const m=new Map(),api={getItem:k=>m.get(String(k))??null,setItem:(k,v)=>{m.set(String(k),String(v))},removeItem:k=>{m.delete(String(k))},clear:()=>m.clear(),key:n=>[...m.keys()][n]??null};
    return new Proxy(api,{
      get:(a,k)=>k==="length"?m.size:k in a?a[k]:m.get(k),
      set:(_,k,v)=>(m.set(k,String(v)),true),has:(a,k)=>k in a||m.has(k),deleteProperty:(_,k)=>m.delete(k)||true,
    });
  };
  for(const nom of["localStorage","sessionStorage"])try{window[nom].length}catch{Object.defineProperty(window,nom,{value:memoire(),configurable:true})}
})();
