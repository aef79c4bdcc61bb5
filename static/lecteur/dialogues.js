// Un cadre d'une autre origine n'a pas droit à alert() ni à confirm(). Ce qu'un module annonce paraît
// au-dessus du cadre; ce qu'il demande reçoit « OK », sa réponse la plus utile : reprendre, quitter.
(()=>{
  const dire=texte=>{for(let f=window,n=0;n<6;f=f.parent,n++)try{if(f.Pont)return f.Pont.dire({atn:"avis",texte:String(texte)})}catch{return}};
  window.alert=dire;window.confirm=()=>true;window.prompt=(_,defaut)=>defaut??"";
})();
